import { Enums, RenderingEngine, setVolumesForViewports, type Types } from '@cornerstonejs/core';
import { createGestures, destroyGestures, startCornerstone } from './cornerstone';
import { DrawPace } from './draw-pace';
import { Pane } from './pane.svelte';
import { planes, type Plane } from './planes';
import type { StageOptions, VolumeStage } from './volume-stage';
import type { VolumeSource } from './volume-source';

function listenToWheel(element: HTMLElement, scrolled: (by: number) => void): () => void {
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.deltaY !== 0) scrolled(Math.sign(event.deltaY));
  };
  element.addEventListener('wheel', wheel, { passive: false, capture: true });
  return () => element.removeEventListener('wheel', wheel, { capture: true });
}

/** Draws with Cornerstone3D: the whole volume is one texture of the graphics card. */
export function cardStage(
  engineId: string,
  source: VolumeSource,
  { elements, onMoved, onScroll }: StageOptions,
): VolumeStage {
  startCornerstone();
  const engine = new RenderingEngine(engineId);
  const volumeId = source.onCard();
  const { OrientationAxis, ViewportType } = Enums;
  const orientation = {
    axial: OrientationAxis.AXIAL,
    coronal: OrientationAxis.CORONAL,
    sagittal: OrientationAxis.SAGITTAL,
  };
  const idOf = (plane: Plane): string => `${engineId}-${plane}`;
  engine.setViewports(
    planes.map((plane) => ({
      viewportId: idOf(plane),
      type: ViewportType.ORTHOGRAPHIC,
      element: elements[plane],
      defaultOptions: { orientation: orientation[plane], background: [0, 0, 0] as Types.Point3 },
    })),
  );
  const paneOf = (plane: Plane): Pane =>
    new Pane(
      idOf(plane),
      elements[plane],
      engine,
      () => onMoved(plane),
      // One volume has one window: dragged in one plane it changes in all.
      (range) => {
        for (const other of planes) if (other !== plane) panes[other].follow(range);
      },
    );
  const panes = { axial: paneOf('axial'), coronal: paneOf('coronal'), sagittal: paneOf('sagittal') };
  const viewportIds = planes.map(idOf);
  createGestures(engineId, engineId, viewportIds);
  // Cornerstone's own wheel pages by the camera, the other way round in a mirrored picture.
  const stopWheels = planes.map((plane) => listenToWheel(elements[plane], (by) => onScroll(plane, by)));
  const pace = new DrawPace(() => engine.render());
  return {
    drawnBy: 'card',
    panes,
    start: () => setVolumesForViewports(engine, [{ volumeId }], viewportIds),
    draw: () => pace.ask(),
    resize: () => void engine.resize(true, true),
    close() {
      pace.close();
      for (const stop of stopWheels) stop();
      for (const plane of planes) panes[plane].close();
      destroyGestures(engineId);
      source.close();
      engine.destroy();
    },
  };
}
