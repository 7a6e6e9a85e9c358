import type { Finding } from '../../../src-main/contract/entities';
import type { FindingPlace } from '../../../src-main/core/study/entities';
import { outlineIn, type Cut } from './boxes';
import type { ViewPane } from './view-pane';

type Point = readonly [number, number];

/** A finding's box as a pane draws it, CSS px. */
export interface BoxShape {
  readonly finding: Finding;
  readonly place: FindingPlace;
  /** Of a polygon. */
  readonly points: string;
  readonly corners: readonly Point[];
  /** Left and top of the rectangle around it. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly opacity: 0.5 | 1;
  readonly selected: boolean;
  /** It would be merged with the selected one. */
  readonly mergedWith: boolean;
}

interface Marked {
  readonly selectedId: string | null;
  readonly mergeWith: string | null;
  /** A box as it is being changed. */
  readonly draft: { readonly findingId: string; readonly place: FindingPlace } | null;
}

/** The boxes that a pane shows. */
export function boxShapes(
  pane: ViewPane,
  cut: Cut,
  findings: readonly Finding[],
  { selectedId, mergeWith, draft }: Marked,
): BoxShape[] {
  return findings.flatMap((finding) => {
    const place = draft?.findingId === finding.findingId ? draft.place : finding.place;
    const outline = outlineIn(cut, place);
    if (!outline) return [];
    const corners = outline.points.map((point) => pane.toCanvas(point));
    const xs = corners.map((c) => c[0]);
    const ys = corners.map((c) => c[1]);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return [
      {
        finding,
        place,
        points: corners.map((c) => c.join(',')).join(' '),
        corners,
        x,
        y,
        width: Math.max(...xs) - x,
        height: Math.max(...ys) - y,
        opacity: outline.opacity,
        selected: finding.findingId === selectedId,
        mergedWith: finding.findingId === mergeWith,
      },
    ];
  });
}

/** The smallest box at a point of the pane; null where there is none. */
export function boxAt(shapes: readonly BoxShape[], [x, y]: Point): BoxShape | null {
  const hit = shapes.filter((s) => x >= s.x && x <= s.x + s.width && y >= s.y && y <= s.y + s.height);
  return hit.sort((a, b) => a.width * a.height - b.width * b.height)[0] ?? null;
}
