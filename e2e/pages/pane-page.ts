import type { Page } from '@playwright/test';

type Plane = 'axial' | 'coronal' | 'sagittal';
type Point = readonly [number, number];

/** A pane of the viewer, as a hand with a mouse knows it. */
export class PanePage {
  constructor(
    private readonly page: Page,
    private readonly plane: Plane,
  ) {}

  private get locator() {
    return this.page.getByTestId(`pane-${this.plane}`);
  }

  /** A point of the page, by its share (0 to 1) of the pane's width and height. */
  async at(share: Point): Promise<Point> {
    const box = (await this.locator.boundingBox())!;
    return [box.x + share[0] * box.width, box.y + share[1] * box.height];
  }

  async drag(from: Point, to: Point, button: 'left' | 'right' = 'left'): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from[0], from[1]);
    await mouse.down({ button });
    await mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
    await mouse.move(to[0], to[1]);
    await mouse.up({ button });
  }

  /** The rectangle of what is drawn of a finding in this pane, px of the page. */
  async drawn(testId: string): Promise<{ x: number; y: number; width: number; height: number }> {
    return (await this.locator.getByTestId(testId).locator('polygon').first().boundingBox())!;
  }
}
