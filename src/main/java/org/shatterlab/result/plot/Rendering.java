package org.shatterlab.result.plot;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
import org.w3c.dom.Element;

/** Renders figures as SVG or PNG. The SVG is written by Batik on the JDK's own DOM. */
public final class Rendering {

    static final int PIXELS_PER_UNIT = 2;

    static {
        // By default, the JDK's rasterizer keeps buffers of a third of a mebibyte for each thread that ever drew. The
        // property makes threads share the buffers.
        System.setProperty("sun.java2d.renderer.useThreadLocal", "false");
    }

    private Rendering() {}

    /**
     * Returns a figure as a standalone SVG document, at most 1000 units wide. Text is stored as text. Heat maps are
     * embedded as PNG.
     */
    public static String svg(Figure figure) {
        Layout layout = layout(figure);
        var context = SVGGeneratorContext.createDefault(emptyDocument());
        context.setComment("Shatterlab");
        context.setGenericImageHandler(new SimpleImageHandler(new PngHandler()));
        var graphics = new SVGGraphics2D(context, false);
        // JFreeChart saves and restores this hint, and Batik rejects restoring a hint that was never set.
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setSVGCanvasSize(new Dimension(layout.width(), layout.height()));
        paint(layout, graphics);
        Element root = graphics.getRoot();
        root.setAttributeNS(null, "viewBox", "0 0 " + layout.width() + " " + layout.height());
        var written = new StringWriter();
        try {
            graphics.stream(root, written, false, false);
        } catch (SVGGraphics2DIOException e) {
            throw new UncheckedIOException(e);
        }
        String text = written.toString();
        // Batik's prologue refers to a DTD on the web, which a validating reader would fetch.
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text.substring(text.indexOf("<svg"));
    }

    /** Returns a figure as a PNG image on a white background, with two pixels for each unit of the SVG. */
    public static byte[] png(Figure figure) {
        Layout layout = layout(figure);
        var image = new BufferedImage(
                layout.width() * PIXELS_PER_UNIT, layout.height() * PIXELS_PER_UNIT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.scale(PIXELS_PER_UNIT, PIXELS_PER_UNIT);
            paint(layout, graphics);
        } finally {
            graphics.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        try {
            writePng(image, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static Layout layout(Figure figure) {
        return switch (figure) {
            case Figure1 columns -> new Figure1Layout(columns);
            case CurveFigure curves -> new CurveLayout(curves);
            case Figure4 rows -> new Figure4Layout(rows);
            case Figure5 covariances -> new Figure5Layout(covariances);
            case MatrixFigure matrix -> new MatrixLayout(matrix);
        };
    }

    private static void paint(Layout layout, Graphics2D graphics) {
        graphics.setPaint(Color.WHITE);
        graphics.fillRect(0, 0, layout.width(), layout.height());
        layout.draw(graphics);
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

    private static void writePng(RenderedImage image, OutputStream bytes) throws IOException {
        // ImageIO's default stream writes a cache file, which a container with a read-only file system does not allow.
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", stream);
        }
    }

    /** Encodes embedded images as PNG. Batik's own encoder is in batik-codec, which is not on the class path. */
    private static final class PngHandler extends ImageHandlerBase64Encoder {

        @Override
        public void encodeImage(RenderedImage image, OutputStream stream) throws SVGGraphics2DIOException {
            try {
                writePng(image, stream);
            } catch (IOException e) {
                throw new SVGGraphics2DIOException("image", e);
            }
        }
    }
}
