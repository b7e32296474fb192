package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Renders figures, and parses the results. */
final class FigureReader {

    private FigureReader() {}

    static byte[] svg(Figure figure) {
        return rendered(target -> Rendering.writeSvg(figure, target));
    }

    static byte[] png(Figure figure) {
        return rendered(target -> Rendering.writePng(figure, target));
    }

    @FunctionalInterface
    private interface Rendered {
        void writeTo(OutputStream target) throws IOException;
    }

    private static byte[] rendered(Rendered figure) {
        var bytes = new ByteArrayOutputStream();
        try {
            figure.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Document parse(byte[] svg) throws Exception {
        var factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg));
    }

    static List<Element> elements(Document document, String name) {
        NodeList found = document.getElementsByTagNameNS("http://www.w3.org/2000/svg", name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    static List<String> texts(Document document) {
        return elements(document, "text").stream().map(Element::getTextContent).toList();
    }

    static BufferedImage image(byte[] png) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(png));
    }

    /** Returns the part of a PNG that shows an area of its layout. */
    static BufferedImage crop(BufferedImage image, Rectangle area) {
        int scale = Rendering.PIXELS_PER_UNIT;
        return image.getSubimage(scale * area.x, scale * area.y, scale * area.width, scale * area.height);
    }

    /** Returns whether a colour occurs in an image, with a tolerance for rounding. */
    static boolean shows(BufferedImage image, Color colour) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .mapToObj(i -> new Color(image.getRGB(i % image.getWidth(), i / image.getWidth())))
                .anyMatch(pixel -> Math.abs(pixel.getRed() - colour.getRed()) < 4
                        && Math.abs(pixel.getGreen() - colour.getGreen()) < 4
                        && Math.abs(pixel.getBlue() - colour.getBlue()) < 4);
    }

    static double luminance(int rgb) {
        var colour = new Color(rgb);
        return 0.2126 * colour.getRed() + 0.7152 * colour.getGreen() + 0.0722 * colour.getBlue();
    }
}
