import type { z } from 'zod';
import type { explainedPoint } from '../../../src-main/contract/explanation';
import type { Vec3 } from '../../../src-main/core/geometry/vec3';
import type { LayoutName } from '../../../src-main/core/hanging/hanging-protocol';
import type { MeasurementKind } from '../../../src-main/core/measure/measurement';
import { slabModes, type SlabMode } from '../../../src-main/core/volume/slab';
import type { HeatMap } from '../inspect/heat-map';
import type { VoiWindow } from '../../../src-main/core/volume/volume';

/** A place in the series that is read, as the network is asked about it. */
export type ExplainedPoint = z.infer<typeof explainedPoint>;

/** What commands may ask of the viewer that is read now. */
export interface ViewerActions {
  setWindow(preset: number): void;
  showWindow(window: VoiWindow): void;
  reset(): void;
  /** Steps slices (or frames) in the largest pane; positive is where the wheel turned towards the person goes. */
  scroll(by: number): void;
  /** In the largest pane. */
  mirror(swaps: 'sides' | 'ends'): void;
  turn(): void;
  readonly window: { readonly center: number; readonly width: number } | null;
}

export interface Slab {
  readonly mode: SlabMode;
  /** Thickness. */
  readonly mm: number;
}

/** Where a viewer looks, for those of the same frame of reference beside it. */
export interface LinkedPoint {
  readonly seriesId: string;
  readonly frameOfReferenceUid: string;
  readonly point: Vec3;
}

/** Layout, tools, and the way from commands to the viewer that is read. */
export class ViewerControls {
  layout = $state<LayoutName>('protocol');
  /** True while the next drag draws a new finding. */
  drawing = $state(false);
  /** What the next drag measures, or the magnifier. */
  tool = $state<MeasurementKind | 'magnifier' | null>(null);
  crosshair = $state(true);
  /** The findings make room for the pictures. */
  panelHidden = $state(false);
  /** True while a loop runs. */
  playing = $state(false);
  inverted = $state(false);
  slab = $state.raw<Slab | null>(null);
  /** Viewers of one frame of reference show one place. */
  linked = $state(true);
  place = $state.raw<LinkedPoint | null>(null);
  /** Of a loop that is read, how far it is, 0 to 1; null: there is none. */
  loopShare = $state<number | null>(null);
  /** Of the earlier examination beside: it is windowed and turned alike. */
  beside: ViewerControls | null = null;
  /** Where the reader clicked last; null once another finding is selected. */
  clicked = $state.raw<ExplainedPoint | null>(null);
  /** What the network answered at each place of a series, drawn over it. */
  heat = $state.raw<{ readonly seriesId: string; readonly map: HeatMap } | null>(null);
  private actions: ViewerActions | null = null;

  /** The viewer that is read says what it can do; the answer takes it back. */
  register(actions: ViewerActions): () => void {
    this.actions = actions;
    return () => {
      if (this.actions === actions) this.actions = null;
    };
  }

  setWindow(preset: number): void {
    this.actions?.setWindow(preset);
    this.beside?.setWindow(preset);
  }
  showWindow(window: VoiWindow): void {
    this.actions?.showWindow(window);
    this.beside?.showWindow(window);
  }
  get window(): { readonly center: number; readonly width: number } | null {
    return this.actions?.window ?? null;
  }
  reset(): void {
    this.inverted = false;
    this.slab = null;
    this.actions?.reset();
    this.beside?.reset();
  }
  scroll(by: number): void {
    this.actions?.scroll(by);
  }
  mirror(swaps: 'sides' | 'ends'): void {
    this.actions?.mirror(swaps);
  }
  turn(): void {
    this.actions?.turn();
  }

  /** Takes a tool, or lays it down. */
  toggle(tool: NonNullable<ViewerControls['tool']>): void {
    this.drawing = false;
    this.tool = this.tool === tool ? null : tool;
  }

  /** No slab, then the greatest, the least and the mean value of one. */
  nextSlab(): void {
    const { slab } = this;
    const mode = slab ? slabModes[slabModes.indexOf(slab.mode) + 1] : slabModes[0];
    this.slab = mode ? { mode, mm: slab?.mm ?? defaultSlabMm } : null;
  }

  /** Lays down what is in hand. @returns whether there was anything */
  cancel(): boolean {
    const busy = this.drawing || this.tool !== null;
    this.drawing = false;
    this.tool = null;
    return busy;
  }
}

/** Thick enough that a vessel is told from a nodule, thin enough that a rib does not lie over it. */
export const defaultSlabMm = 10;
