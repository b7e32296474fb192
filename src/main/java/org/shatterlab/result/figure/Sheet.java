package org.shatterlab.result.figure;

import java.awt.Graphics2D;

/** A drawing of a known size, whatever it is drawn on. */
interface Sheet {

    /** The layout of a figure. */
    static Sheet of(Figure figure) {
        return switch (figure) {
            case Figure1 columns -> new Figure1Sheet(columns);
            case CurveFigure curves -> new CurveSheet(curves);
            case Figure4 rows -> new Figure4Sheet(rows);
            case Figure5 covariances -> new Figure5Sheet(covariances);
            case MatrixFigure matrix -> new MatrixSheet(matrix);
        };
    }

    int width();

    int height();

    /** Draws on a white ground of that size. */
    void draw(Graphics2D graphics);
}
