// A program in Swing over the whole screen: its left half takes files, its right half takes none.
// Prints as JSON its size with each change of it, and what was dropped. Run as `java DropSwing.java`.

import java.awt.Container;
import java.awt.GridLayout;
import java.awt.Point;
import java.awt.Toolkit;
import java.awt.datatransfer.DataFlavor;
import java.awt.event.ComponentAdapter;
import java.awt.event.ComponentEvent;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.SwingUtilities;
import javax.swing.TransferHandler;

class DropSwing {
    static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) {
        SwingUtilities.invokeLater(DropSwing::show);
    }

    static void show() {
        JFrame frame = new JFrame();
        frame.setUndecorated(true);
        Container content = frame.getContentPane();
        content.setLayout(new GridLayout(1, 2));
        JLabel target = new JLabel("drop here");
        target.setTransferHandler(new Files());
        content.add(target);
        content.add(new JLabel("not here"));
        frame.addComponentListener(new ComponentAdapter() {
            @Override
            public void componentResized(ComponentEvent event) {
                OUT.printf("{\"size\": [%d, %d]}%n", frame.getWidth(), frame.getHeight());
            }
        });
        frame.setSize(Toolkit.getDefaultToolkit().getScreenSize());
        frame.setVisible(true);
    }

    static class Files extends TransferHandler {
        @Override
        public boolean canImport(TransferSupport support) {
            return support.isDataFlavorSupported(DataFlavor.javaFileListFlavor);
        }

        @Override
        @SuppressWarnings("unchecked")
        public boolean importData(TransferSupport support) {
            try {
                List<File> files = (List<File>) support.getTransferable().getTransferData(DataFlavor.javaFileListFlavor);
                Point at = support.getDropLocation().getDropPoint();
                String paths = files.stream().map(file -> '"' + file.getPath() + '"').collect(Collectors.joining(", "));
                OUT.printf("{\"at\": [%d, %d], \"files\": [%s]}%n", at.x, at.y, paths);
                return true;
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }
}
