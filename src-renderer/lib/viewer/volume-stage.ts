import type { Plane } from './planes';
import type { ViewPane } from './view-pane';

/** What draws a volume in three panes: the graphics card, or the processor where the card cannot hold the volume. */
export interface VolumeStage {
  readonly drawnBy: 'card' | 'processor';
  readonly panes: Readonly<Record<Plane, ViewPane>>;
  /** Shows the volume; before that nothing is drawn. */
  start(): Promise<void>;
  /** Slices came in, or the panes have another size. */
  draw(): void;
  resize(): void;
  close(): void;
}

export interface StageOptions {
  readonly elements: Readonly<Record<Plane, HTMLDivElement>>;
  readonly onMoved: (plane: Plane) => void;
  /** One slice on, in the direction in which the wheel turned. */
  readonly onScroll: (plane: Plane, by: number) => void;
}
