import type { ViewPane } from './view-pane';

/** CSS px in the pane at which the pointer is over it, null once it has left. @returns what ends it */
export function followPointer(
  pane: ViewPane,
  at: (point: readonly [number, number] | null) => void,
): () => void {
  // Tools lie above the element that is drawn in, beside it.
  const element = pane.element.parentElement!;
  const move = (event: PointerEvent): void => {
    const bounds = element.getBoundingClientRect();
    at([event.clientX - bounds.left, event.clientY - bounds.top]);
  };
  const leave = (): void => at(null);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerleave', leave);
  return () => {
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerleave', leave);
  };
}
