import { lpsToIjk, ijkToLps } from '../../../src-main/core/geometry/affine';
import { add, cross, dot, scale, subtract, type Vec3 } from '../../../src-main/core/geometry/vec3';
import { sampleSlab, type SlabMode } from '../../../src-main/core/volume/slab';
import type { VoiWindow } from '../../../src-main/core/volume/volume';
import { mouse } from '../settings/mouse.svelte';
import { greyTable, paintGrey } from './grey-table';
import { markers, normalAxis, planeAxes, voxelAxisAlong, type Markers, type Plane } from './planes';
import type { ShownRange, ViewPane } from './view-pane';
import type { VolumeSource } from './volume-source';
import { shapeWord, windowCurve, windowIn } from './window-curve';

interface Listeners {
  moved(): void;
  scrolled(by: number): void;
  windowed(range: ShownRange): void;
}

/** Beyond it a screen's own pixels are not worth the time: some 20 ms a plane. */
const mostPixels = 1_200_000;
/** Of the range of values, a CSS px of dragging. */
const windowShare = 1 / 1024;
/** Of dragging through slices, CSS px. */
const pxPerSlice = 6;

/** A plane of a volume that is drawn by the processor on a canvas of its own, with the gestures of the field. */
export class ProcessorPane implements ViewPane {
  revision = $state(0);
  ready = $state(false);
  inverted = $state(false);
  normal: Vec3;
  up: Vec3;
  private right: Vec3;
  private readonly canvas = document.createElement('canvas');
  private readonly stopGestures: () => void;
  private focus: Vec3 = [0, 0, 0];
  /** mm of a CSS px. */
  private mm = 1;
  private fitted = 1;
  private shown: VoiWindow = { center: 0, width: 1 };
  private range: ShownRange = { lower: 0, upper: 1 };
  private values = new Float32Array(0);
  private picture: ImageData | null = null;
  /** CSS px. Measured when it changes: asked for each corner of each box, it would have the page laid out anew each time. */
  private size: readonly [number, number];
  private readonly measured: ResizeObserver;
  private thick: { readonly mode: SlabMode; readonly mm: number } | null = null;
  private frame = 0;

  constructor(
    private readonly plane: Plane,
    readonly element: HTMLDivElement,
    private readonly source: VolumeSource,
    private readonly tell: Listeners,
  ) {
    [this.normal, this.up] = planeAxes[plane];
    this.right = cross(this.up, this.normal);
    this.canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%';
    element.append(this.canvas);
    this.size = [element.clientWidth, element.clientHeight];
    this.measured = new ResizeObserver(() => this.measure());
    this.measured.observe(element);
    this.stopGestures = this.listen();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.stopGestures();
    this.measured.disconnect();
    this.canvas.remove();
  }

  private measure(): void {
    const [width, height] = this.size;
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === width && clientHeight === height) return;
    this.size = [clientWidth, clientHeight];
    this.revision++;
    this.draw();
  }

  get focalPoint(): Vec3 {
    return this.focus;
  }
  get markers(): Markers {
    return markers(this.up, this.normal);
  }
  get zoom(): number {
    return this.fitted / this.mm;
  }
  get window(): { center: number; width: number; word: string } {
    return { ...windowIn(this.range, this.shown), word: shapeWord(this.shown) };
  }

  toCanvas(world: Vec3): readonly [number, number] {
    const [width, height] = this.size;
    const from = subtract(world, this.focus);
    return [width / 2 + dot(from, this.right) / this.mm, height / 2 - dot(from, this.up) / this.mm];
  }

  toWorld([x, y]: readonly [number, number]): Vec3 {
    const [width, height] = this.size;
    const right = scale(this.right, (x - width / 2) * this.mm);
    return add(add(this.focus, right), scale(this.up, (height / 2 - y) * this.mm));
  }

  show(window: VoiWindow): void {
    this.shown = window;
    this.range = windowCurve(window).range;
    this.draw();
  }

  follow(range: ShownRange): void {
    if (range.lower === this.range.lower && range.upper === this.range.upper) return;
    this.range = range;
    this.draw();
  }

  /** The middle slice, whole. */
  fit(cornersLps: readonly Vec3[]): void {
    const { geometry } = this.source.pixels;
    this.measure();
    const [clientWidth, clientHeight] = this.size;
    const axis = voxelAxisAlong(geometry, normalAxis[this.plane]);
    [this.normal, this.up] = planeAxes[this.plane];
    this.right = cross(this.up, this.normal);
    const middle = geometry.dims.map((n) => (n - 1) / 2) as [number, number, number];
    middle[axis] = Math.floor(geometry.dims[axis] / 2);
    this.focus = ijkToLps(geometry, middle);
    const extent = (along: Vec3): number => {
      const at = cornersLps.map((corner) => dot(corner, along));
      return Math.max(...at) - Math.min(...at);
    };
    if (clientWidth > 0 && clientHeight > 0)
      this.mm = Math.max(extent(this.right) / clientWidth, extent(this.up) / clientHeight);
    this.fitted = this.mm;
    this.moved();
  }

  shift(mm: number): void {
    if (Math.abs(mm) < 1e-4) return;
    this.focus = add(this.focus, scale(this.normal, mm));
    this.moved();
  }

  mirror(swaps: 'sides' | 'ends'): void {
    this.look(scale(this.normal, -1), swaps === 'ends' ? scale(this.up, -1) : this.up);
  }

  turn(): void {
    this.look(this.normal, scale(this.right, -1));
  }

  private look(normal: Vec3, up: Vec3): void {
    this.normal = normal;
    this.up = up;
    this.right = cross(up, normal);
    this.moved();
  }

  invert(on: boolean): void {
    this.inverted = on;
    this.draw();
  }

  slab(mode: SlabMode | null, mm: number): void {
    this.thick = mode && { mode, mm };
    this.draw();
  }

  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  private moved(): void {
    this.revision++;
    this.tell.moved();
    this.draw();
  }

  private paint(): void {
    const [clientWidth, clientHeight] = this.size;
    if (clientWidth === 0 || clientHeight === 0) return;
    const dense = devicePixelRatio;
    const ratio = clientWidth * clientHeight * dense * dense <= mostPixels ? dense : 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height)
      Object.assign(this.canvas, { width, height });
    if (this.values.length !== width * height) this.values = new Float32Array(width * height);
    const { geometry } = this.source.pixels;
    // Middles of the canvas' pixels, in voxels; a plane is flat in both.
    const at = (x: number, y: number): Vec3 =>
      lpsToIjk(
        geometry,
        this.toWorld([((x + 0.5) * clientWidth) / width, ((y + 0.5) * clientHeight) / height]),
      );
    const start = at(0, 0);
    const grid = { start, across: subtract(at(1, 0), start), down: subtract(at(0, 1), start), width, height };
    // In steps of the voxels that the slab goes through, or some would be left out.
    const along = geometry.spacing[voxelAxisAlong(geometry, normalAxis[this.plane])];
    const step = subtract(
      lpsToIjk(geometry, add(this.toWorld([0, 0]), scale(this.normal, along))),
      at(-0.5, -0.5),
    );
    const count = this.thick ? Math.max(1, Math.round(this.thick.mm / along)) : 1;
    sampleSlab(
      this.source.voxels,
      geometry.dims,
      grid,
      { step, count, mode: this.thick?.mode ?? 'mean' },
      this.values,
    );
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) return;
    if (this.picture?.width !== width || this.picture.height !== height)
      this.picture = context.createImageData(width, height);
    const { picture } = this;
    const table = greyTable(this.shown, this.range);
    if (this.inverted) for (let n = 0; n < table.length; n++) table[n] = 255 - table[n]!;
    paintGrey(this.values, table, this.range, picture.data);
    context.putImageData(picture, 0, 0);
    this.ready = true;
    this.revision++;
  }

  /** Gestures by the user's map, as on the card. */
  private listen(): () => void {
    const { element } = this;
    const [low, high] = this.source.pixels.valueRange;
    let last: PointerEvent | null = null;
    let dragged = 0;
    const down = (event: PointerEvent): void => {
      last = event;
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      if (!last) return;
      const [dx, dy] = [event.clientX - last.clientX, event.clientY - last.clientY];
      last = event;
      const { left, middle, right, shiftLeft } = mouse.current;
      const held = event.shiftKey ? shiftLeft : left;
      const action = event.buttons & 2 ? right : event.buttons & 4 ? middle : held;
      if (action === 'zoom') {
        this.mm = Math.min(Math.max(this.mm * Math.exp(dy / 200), this.fitted / 40), this.fitted * 4);
        this.moved();
      } else if (action === 'scroll') {
        dragged += dy;
        const by = Math.trunc(dragged / pxPerSlice);
        dragged -= by * pxPerSlice;
        if (by !== 0) this.tell.scrolled(by);
      } else if (action === 'pan') {
        const back = add(scale(this.right, -dx * this.mm), scale(this.up, dy * this.mm));
        this.focus = add(this.focus, back);
        this.moved();
      } else {
        const step = (high - low) * windowShare;
        const { lower, upper } = this.range;
        const width = Math.max(upper - lower + dx * step, step);
        const centre = (lower + upper) / 2 + dy * step;
        this.range = { lower: centre - width / 2, upper: centre + width / 2 };
        this.draw();
        this.tell.windowed(this.range);
      }
    };
    const up = (): void => {
      last = null;
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (event.deltaY === 0) return;
      if (mouse.current.wheel === 'scroll') return this.tell.scrolled(Math.sign(event.deltaY));
      this.mm = Math.min(Math.max(this.mm * Math.exp(event.deltaY / 600), this.fitted / 40), this.fitted * 4);
      this.moved();
    };
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('wheel', wheel);
    };
  }
}
