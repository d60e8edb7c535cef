// A Swing program with two frames, as ImageJ opens them.

import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.SwingUtilities;

class Frames {
    static void open(String title, int width, int height) {
        JFrame frame = new JFrame(title);
        frame.add(new JLabel(title));
        frame.setSize(width, height);
        frame.setVisible(true);
    }

    public static void main(String[] arguments) {
        SwingUtilities.invokeLater(() -> {
            open("first", 500, 400);
            open("second", 640, 480);
        });
    }
}
