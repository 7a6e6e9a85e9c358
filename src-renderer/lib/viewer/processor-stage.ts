import { ProcessorPane } from './processor-pane.svelte';
import { planes, type Plane } from './planes';
import type { StageOptions, VolumeStage } from './volume-stage';
import type { VolumeSource } from './volume-source';

/** While slices come in: drawing must not take the time of those that follow. */
const redrawMs = 400;

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
  let waits: ReturnType<typeof setTimeout> | null = null;
  let drawnAt = -Infinity;
  const each = (what: (pane: ProcessorPane) => void): void => planes.forEach((plane) => what(panes[plane]));
  return {
    drawnBy: 'processor',
    panes,
    start: () => Promise.resolve(),
    draw() {
      if (waits !== null) return;
      waits = setTimeout(
        () => {
          waits = null;
          drawnAt = performance.now();
          each((pane) => pane.draw());
        },
        Math.max(0, drawnAt + redrawMs - performance.now()),
      );
    },
    resize: () => each((pane) => pane.draw()),
    close() {
      if (waits !== null) clearTimeout(waits);
      each((pane) => pane.close());
      source.close();
    },
  };
}
