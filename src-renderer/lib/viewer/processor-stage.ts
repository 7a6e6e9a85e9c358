import { DrawPace } from './draw-pace';
import { ProcessorPane } from './processor-pane.svelte';
import { planes, type Plane } from './planes';
import type { StageOptions, VolumeStage } from './volume-stage';
import type { VolumeSource } from './volume-source';

/** Draws each plane out of the voxels in memory, pixel by pixel: the volume may be as large as they allow. */
export function processorStage(
  source: VolumeSource,
  { elements, onMoved, onScroll }: StageOptions,
): VolumeStage {
  const paneOf = (plane: Plane): ProcessorPane =>
    new ProcessorPane(plane, elements[plane], source, {
      moved: () => onMoved(plane),
      scrolled: (by) => onScroll(plane, by),
      windowed: (range) => {
        for (const other of planes) if (other !== plane) panes[other].follow(range);
      },
    });
  const panes = { axial: paneOf('axial'), coronal: paneOf('coronal'), sagittal: paneOf('sagittal') };
  const each = (what: (pane: ProcessorPane) => void): void => planes.forEach((plane) => what(panes[plane]));
  const pace = new DrawPace(() => each((pane) => pane.draw()));
  return {
    drawnBy: 'processor',
    panes,
    start: () => Promise.resolve(),
    draw: () => pace.ask(),
    resize: () => each((pane) => pane.draw()),
    close() {
      pace.close();
      each((pane) => pane.close());
      source.close();
    },
  };
}
