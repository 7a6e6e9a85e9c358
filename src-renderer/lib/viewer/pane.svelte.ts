import { Enums, type RenderingEngine, type Types } from '@cornerstonejs/core';
import { cross, dot, type Vec3 } from '../../../src-main/core/geometry/vec3';
import { markers, type Markers } from './planes';

type AnyViewport = Types.IVolumeViewport | Types.IStackViewport;

/**
 * One pane's camera as Svelte state. Cornerstone draws pixels; everything above them (boxes, crosshair,
 * letters) is ours and follows `revision`, which goes up whenever the picture in the pane moves.
 */
export class Pane {
  revision = $state(0);
  ready = $state(false);
  private readonly onRendered = (): void => {
    this.ready = true;
    this.revision++;
  };
  private readonly onCamera = (): void => {
    this.revision++;
    this.moved?.();
  };

  constructor(
    readonly viewportId: string,
    readonly element: HTMLDivElement,
    private readonly engine: RenderingEngine,
    private readonly moved?: () => void,
  ) {
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    element.addEventListener(Enums.Events.CAMERA_MODIFIED, this.onCamera);
    element.addEventListener(Enums.Events.VOI_MODIFIED, this.onRendered);
    element.addEventListener(Enums.Events.STACK_NEW_IMAGE, this.onCamera);
  }

  get viewport(): AnyViewport {
    return this.engine.getViewport(this.viewportId) as AnyViewport;
  }

  close(): void {
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    this.element.removeEventListener(Enums.Events.CAMERA_MODIFIED, this.onCamera);
    this.element.removeEventListener(Enums.Events.VOI_MODIFIED, this.onRendered);
    this.element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, this.onCamera);
  }

  /** CSS px in the pane of a point of the patient (mm). */
  toCanvas(world: Vec3): readonly [number, number] {
    const [x, y] = this.viewport.worldToCanvas([...world]);
    return [x, y];
  }

  toWorld(canvas: readonly [number, number]): Vec3 {
    const [x, y, z] = this.viewport.canvasToWorld([...canvas]);
    return [x, y, z];
  }

  get focalPoint(): Vec3 {
    return (this.viewport.getCamera().focalPoint as Types.Point3 | undefined) ?? [0, 0, 0];
  }

  get normal(): Vec3 {
    return (this.viewport.getCamera().viewPlaneNormal as Types.Point3 | undefined) ?? [0, 0, 1];
  }

  get markers(): Markers {
    const camera = this.viewport.getCamera();
    return markers((camera.viewUp as Types.Point3 | undefined) ?? [0, -1, 0], this.normal);
  }

  /** Window as shown now. */
  get window(): { center: number; width: number } | null {
    const range = this.viewport.getProperties()?.voiRange;
    return range ? { center: (range.lower + range.upper) / 2, width: range.upper - range.lower } : null;
  }

  get zoom(): number {
    return this.viewport.getZoom();
  }

  /**
   * Zooms so that all of a volume with these corners is in the pane. Cornerstone's own reset fits the height only, which
   * cuts the sides off in a pane that is narrower than the picture.
   */
  fit(cornersLps: readonly Vec3[]): void {
    this.viewport.resetCamera();
    const { clientWidth, clientHeight } = this.element;
    const camera = this.viewport.getCamera();
    const up = camera.viewUp as Types.Point3 | undefined;
    if (!up || clientWidth === 0 || clientHeight === 0) return;
    const extent = (axis: Vec3): number => {
      const along = cornersLps.map((corner) => dot(corner, axis));
      return Math.max(...along) - Math.min(...along);
    };
    const height = Math.max(extent(up), extent(cross(up, this.normal)) * (clientHeight / clientWidth));
    this.viewport.setCamera({ parallelScale: height / 2 });
  }

  /** Moves the plane (not the picture in it) by `mm` along its normal. */
  shift(mm: number): void {
    const { focalPoint, position } = this.viewport.getCamera();
    if (!focalPoint || !position || Math.abs(mm) < 1e-4) return;
    const n = this.normal;
    const move = (p: Types.Point3): Types.Point3 => [p[0] + n[0] * mm, p[1] + n[1] * mm, p[2] + n[2] * mm];
    this.viewport.setCamera({ focalPoint: move(focalPoint), position: move(position) });
    this.viewport.render();
  }
}
