/** What commands may ask of the viewer that is open now. */
export interface ViewerActions {
  setWindow(preset: number): void;
  reset(): void;
  /** Steps slices (or frames) in the largest pane; positive is where the wheel turned towards the person goes. */
  scroll(by: number): void;
}

/** Layout, drawing mode, and the way from commands to the open viewer. */
export class ViewerControls {
  layout = $state<'mpr' | 'single'>('mpr');
  /** True while the next drag draws a new finding. */
  drawing = $state(false);
  crosshair = $state(true);
  /** True while a loop runs. */
  playing = $state(false);
  private actions: ViewerActions | null = null;

  /** The open viewer says what it can do; the answer takes it back. */
  register(actions: ViewerActions): () => void {
    this.actions = actions;
    return () => {
      if (this.actions === actions) this.actions = null;
    };
  }

  setWindow(preset: number): void {
    this.actions?.setWindow(preset);
  }
  reset(): void {
    this.actions?.reset();
  }
  scroll(by: number): void {
    this.actions?.scroll(by);
  }
}
