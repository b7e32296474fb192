package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.ImageHandlerBase64Encoder;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGGraphics2DIOException;
import org.apache.batik.svggen.SimpleImageHandler;
import org.w3c.dom.Document;
import org.w3c.dom.NamedNodeMap;

/** Renders figures as SVG or PNG. The SVG is written by Batik on the JDK's own DOM. */
public final class Rendering {

    static final int PIXELS_PER_UNIT = 2;

    /** The largest number of pixels that are drawn at a time. They take 8 MiB. */
    static final int MAX_PIXELS = 1 << 21;

    static {
        // By default, the JDK's rasterizer keeps buffers of a third of a mebibyte for each thread that ever drew. The
        // property makes threads share the buffers.
        System.setProperty("sun.java2d.renderer.useThreadLocal", "false");
    }

    private Rendering() {}

    /**
     * Writes a figure as a standalone SVG document in UTF-8, at most 1000 units wide. Text is stored as text. Heat maps
     * are embedded as PNG. The stream stays open.
     *
     * @throws MissingFontException if the machine has no font
     */
    public static void writeSvg(Figure figure, OutputStream target) throws IOException {
        FontCheck.MACHINE.require();
        Layout layout = layout(figure);
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
        context.setGenericImageHandler(new SimpleImageHandler(new PngHandler()));
        var document = new OutputStreamWriter(target, StandardCharsets.UTF_8);
        document.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"");
        NamedNodeMap style = new SVGGraphics2D(context, false).getRoot().getAttributes();
        for (int i = 0; i < style.getLength(); i++) {
            writeAttribute(document, style.item(i).getNodeName(), style.item(i).getNodeValue());
        }
        writeAttribute(document, "width", String.valueOf(layout.width()));
        writeAttribute(document, "height", String.valueOf(layout.height()));
        writeAttribute(document, "viewBox", "0 0 " + layout.width() + " " + layout.height());
        document.write(">\n<!--Shatterlab-->");
        writeGroup(document, context, graphics -> fillBackground(layout, graphics));
        for (Layout.Section section : layout.sections()) {
            writeGroup(document, context, section::draw);
        }
        document.write("\n</svg>\n");
        document.flush();
    }

    private static void writeAttribute(Writer document, String name, String value) throws IOException {
        document.write(" " + name + "=\"" + value + "\"");
    }

    /** Writes one drawing as a group, so that only the nodes of this group are in memory. */
    private static void writeGroup(Writer document, SVGGeneratorContext context, Consumer<Graphics2D> drawing)
            throws SVGGraphics2DIOException {
        var graphics = new SVGGraphics2D(context, false);
        // JFreeChart saves and restores this hint, and Batik rejects restoring a hint that was never set.
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        drawing.accept(graphics);
        graphics.stream(graphics.getTopLevelGroup(), new GroupWriter(document), false, false);
    }

    /**
     * Writes a figure as a PNG image on a white background, with two pixels for each unit of the SVG. A tall figure is
     * drawn in strips of {@link #MAX_PIXELS} pixels. The stream stays open.
     *
     * @throws MissingFontException if the machine has no font
     */
    public static void writePng(Figure figure, OutputStream target) throws IOException {
        FontCheck.MACHINE.require();
        Layout layout = layout(figure);
        int width = layout.width() * PIXELS_PER_UNIT;
        int height = layout.height() * PIXELS_PER_UNIT;
        var image = new BufferedImage(width, Math.min(height, MAX_PIXELS / width), BufferedImage.TYPE_INT_RGB);
        if (image.getHeight() < height) {
            encode(new StripedImage(layout, image), target);
        } else {
            draw(layout, 0, image);
            encode(image, target);
        }
    }

    /** Draws the rows of a layout that begin at a row of pixels, as many as the image has. */
    static void draw(Layout layout, int top, BufferedImage image) {
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.translate(0, -top);
            graphics.scale(PIXELS_PER_UNIT, PIXELS_PER_UNIT);
            fillBackground(layout, graphics);
            for (Layout.Section section : layout.sections()) {
                if (section.isVisible(graphics, layout.width())) {
                    section.draw(graphics);
                }
            }
        } finally {
            graphics.dispose();
        }
    }

    static Layout layout(Figure figure) {
        return switch (figure) {
            case Figure1 columns -> new Figure1Layout(columns);
            case CurveFigure curves -> new CurveLayout(curves);
            case Figure4 rows -> new Figure4Layout(rows);
            case Figure5 covariances -> new Figure5Layout(covariances);
            case MatrixFigure matrix -> new MatrixLayout(matrix);
        };
    }

    private static void fillBackground(Layout layout, Graphics2D graphics) {
        graphics.setPaint(Color.WHITE);
        graphics.fillRect(0, 0, layout.width(), layout.height());
    }

    private static Document emptyDocument() {
        try {
            return DocumentBuilderFactory.newDefaultNSInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument("http://www.w3.org/2000/svg", "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void encode(RenderedImage image, OutputStream bytes) throws IOException {
        // ImageIO's default stream writes a cache file, which a container with a read-only file system does not allow.
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", stream);
        }
    }

    /**
     * Discards everything before the group. Batik's prologue refers to a DTD on the web, which a validating
     * reader would fetch.
     */
    private static final class GroupWriter extends FilterWriter {

        private static final String GROUP = "<g";

        private final StringBuilder prologue = new StringBuilder();
        private boolean inGroup;

        private GroupWriter(Writer document) {
            super(document);
        }

        @Override
        public void write(int character) throws IOException {
            write(new char[] {(char) character}, 0, 1);
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            write(text.toCharArray(), offset, length);
        }

        @Override
        public void write(char[] characters, int offset, int length) throws IOException {
            if (inGroup) {
                out.write(characters, offset, length);
                return;
            }
            prologue.append(characters, offset, length);
            int group = prologue.indexOf(GROUP);
            if (group >= 0) {
                out.write(prologue.substring(group));
                inGroup = true;
            }
        }
    }

    /** Encodes embedded images as PNG. Batik's own encoder is in batik-codec, which is not on the class path. */
    private static final class PngHandler extends ImageHandlerBase64Encoder {

        @Override
        public void encodeImage(RenderedImage image, OutputStream stream) throws SVGGraphics2DIOException {
            try {
                encode(image, stream);
            } catch (IOException e) {
                throw new SVGGraphics2DIOException("image", e);
            }
        }
    }
}
