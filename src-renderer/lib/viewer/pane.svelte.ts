import { Enums, utilities, type RenderingEngine, type Types } from '@cornerstonejs/core';
import { add, cross, dot, scale, subtract, type Vec3 } from '../../../src-main/core/geometry/vec3';
import type { SlabMode } from '../../../src-main/core/volume/slab';
import type { VoiWindow } from '../../../src-main/core/volume/volume';
import { markers, type Markers } from './planes';
import type { ViewPane } from './view-pane';
import { shapeWord, windowCurve, windowIn } from './window-curve';

const negate = (v: Vec3): Vec3 => scale(v, -1);

type AnyViewport = Types.IVolumeViewport | Types.IStackViewport;

/**
 * One pane's camera as Svelte state. Cornerstone draws pixels; everything above them (boxes, crosshair,
 * letters) is ours and follows `revision`, which goes up whenever the picture in the pane moves.
 */
export class Pane implements ViewPane {
  revision = $state(0);
  ready = $state(false);
  inverted = $state(false);
  private shown: VoiWindow | null = null;
  private readonly onRendered = (): void => {
    this.ready = true;
    this.revision++;
  };
  private readonly onWindow = (event: Event): void => {
    this.onRendered();
    const { range } = (event as CustomEvent<Types.EventTypes.VoiModifiedEventDetail>).detail;
    this.windowed?.(range);
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
    private readonly windowed?: (range: Types.VOIRange) => void,
  ) {
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    element.addEventListener(Enums.Events.CAMERA_MODIFIED, this.onCamera);
    element.addEventListener(Enums.Events.VOI_MODIFIED, this.onWindow);
    element.addEventListener(Enums.Events.STACK_NEW_IMAGE, this.onCamera);
  }

  get viewport(): AnyViewport {
    return this.engine.getViewport(this.viewportId) as AnyViewport;
  }

  close(): void {
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    this.element.removeEventListener(Enums.Events.CAMERA_MODIFIED, this.onCamera);
    this.element.removeEventListener(Enums.Events.VOI_MODIFIED, this.onWindow);
    this.element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, this.onCamera);
  }

  draw(): void {
    this.viewport.render();
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

  get up(): Vec3 {
    return (this.viewport.getCamera().viewUp as Types.Point3 | undefined) ?? [0, -1, 0];
  }

  get markers(): Markers {
    return markers(this.up, this.normal);
  }

  /**
   * Draws values by a window of any form. Cornerstone itself knows straight lines and moves and stretches whatever the
   * card draws by; so it keeps the form while a person drags.
   */
  show(window: VoiWindow): void {
    const { range, points } = windowCurve(window);
    const drawn = utilities.createLinearRGBTransferFunction({ ...range });
    drawn.removeAllPoints();
    for (const [value, grey] of points) {
      const shade = this.inverted ? 1 - grey : grey;
      drawn.addRGBPoint(value, shade, shade, shade);
    }
    const actor = this.viewport.getDefaultActor()?.actor as Types.ImageActor | undefined;
    actor?.getProperty().setRGBTransferFunction(0, drawn);
    this.shown = window;
    this.viewport.setProperties({ voiRange: { ...range } });
    this.viewport.render();
  }

  /** Takes over the ends that a window of the same form was dragged to in another pane, and tells nobody. */
  follow({ lower, upper }: Types.VOIRange): void {
    const now = this.viewport.getProperties()?.voiRange;
    if (!now || (now.lower === lower && now.upper === upper)) return;
    (this.viewport as Types.IVolumeViewport).setProperties({ voiRange: { lower, upper } }, undefined, true);
    this.viewport.render();
  }

  /** Window as shown now, with a word where its form is not the usual one. */
  get window(): { center: number; width: number; word: string } | null {
    const range = this.viewport.getProperties()?.voiRange;
    if (!range) return null;
    const shown = this.shown ?? { center: 0, width: 1 };
    return { ...windowIn(range, shown), word: shapeWord(shown) };
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

  mirror(swaps: 'sides' | 'ends'): void {
    const { normal, up } = this;
    this.face(negate(normal), swaps === 'ends' ? negate(up) : up);
  }

  turn(): void {
    const { normal, up } = this;
    this.face(normal, negate(cross(up, normal)));
  }

  invert(on: boolean): void {
    if (on === this.inverted) return;
    const range = this.viewport.getProperties()?.voiRange;
    this.inverted = on;
    if (!this.shown) return;
    this.show(this.shown);
    // What it was dragged to stays.
    if (range) this.follow(range);
  }

  slab(mode: SlabMode | null, mm: number): void {
    const viewport = this.viewport as Types.IVolumeViewport;
    const { BlendModes } = Enums;
    const blend = {
      max: BlendModes.MAXIMUM_INTENSITY_BLEND,
      min: BlendModes.MINIMUM_INTENSITY_BLEND,
      mean: BlendModes.AVERAGE_INTENSITY_BLEND,
    };
    viewport.setBlendMode(mode ? blend[mode] : BlendModes.COMPOSITE);
    if (mode) viewport.setSlabThickness(mm);
    else viewport.resetSlabThickness();
    viewport.render();
  }

  /** Turns the camera round the middle of the pane, which stays. */
  face(normal: Vec3, up: Vec3): void {
    const { focalPoint, position } = this.viewport.getCamera();
    if (!focalPoint || !position) return;
    const distance = Math.hypot(...subtract(position as Vec3, focalPoint as Vec3));
    this.viewport.setCamera({
      viewPlaneNormal: [...normal],
      viewUp: [...up],
      focalPoint,
      position: [...add(focalPoint as Vec3, scale(normal, distance))],
    });
    this.viewport.render();
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
