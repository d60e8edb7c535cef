// A line of text in Swing; prints as JSON what it holds, and the shortcuts that it gets. Run as `java LineSwing.java`.

import java.awt.event.ActionEvent;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import javax.swing.AbstractAction;
import javax.swing.JFrame;
import javax.swing.JTextField;
import javax.swing.KeyStroke;
import javax.swing.SwingUtilities;
import javax.swing.event.DocumentEvent;
import javax.swing.event.DocumentListener;

class LineSwing {
    static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) {
        SwingUtilities.invokeLater(LineSwing::show);
    }

    static void tell(String name, String value) {
        StringBuilder escaped = new StringBuilder();
        value.chars().forEach(unit -> escaped.append(String.format("\\u%04x", unit)));
        OUT.printf("{\"%s\": \"%s\"}%n", name, escaped);
    }

    static void show() {
        JFrame frame = new JFrame("line of Swing");
        JTextField line = new JTextField();
        frame.add(line);
        line.getDocument().addDocumentListener(new DocumentListener() {
            @Override
            public void insertUpdate(DocumentEvent event) {
                tell("text", line.getText());
            }

            @Override
            public void removeUpdate(DocumentEvent event) {
                tell("text", line.getText());
            }

            @Override
            public void changedUpdate(DocumentEvent event) {
            }
        });
        for (String letter : new String[] {"A", "C", "S", "Z"}) {
            line.getInputMap().put(KeyStroke.getKeyStroke("control " + letter), letter);
            line.getActionMap().put(letter, new AbstractAction() {
                @Override
                public void actionPerformed(ActionEvent event) {
                    tell("shortcut", "Ctrl+" + letter);
                }
            });
        }
        frame.setExtendedState(JFrame.MAXIMIZED_BOTH);
        frame.setVisible(true);
        tell("text", "");
    }
}
