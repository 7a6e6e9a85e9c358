/** How the values of two images hang together where they are laid over each other: what one is, told from the other. */
export interface Relation {
  /** 1: one tells the other exactly. Of a line it is the correlation, with its sign; of a curve it is never below 0. */
  readonly similarity: number;
  /** False: one of them is the same everywhere, which tells nothing. */
  readonly varied: boolean;
  /** Of a value of the moving image, what the fixed one is expected to be there. */
  expected(m: number): number;
  /** How fast that changes with the value. */
  slope(m: number): number;
}

export interface RelationFit {
  add(f: number, m: number): void;
  end(): Relation;
}

const least = 1e-9;

/** f is best told from m by a line: two CTs. */
export function lineFit(): RelationFit {
  let [count, f1, m1, ff, mm, fm] = [0, 0, 0, 0, 0, 0];
  return {
    add(f, m) {
      count++;
      f1 += f;
      m1 += m;
      ff += f * f;
      mm += m * m;
      fm += f * m;
    },
    end() {
      const n = Math.max(1, count);
      const [meanF, meanM] = [f1 / n, m1 / n];
      const covariance = fm / n - meanF * meanM;
      const varF = ff / n - meanF ** 2;
      const varM = mm / n - meanM ** 2;
      const slope = varM > least ? covariance / varM : 0;
      const varied = varF > least && varM > least;
      return {
        varied,
        similarity: varied ? covariance / Math.sqrt(varF * varM) : 0,
        expected: (m) => meanF + slope * (m - meanM),
        slope: () => slope,
      };
    },
  };
}

/** Of the curve, over values from 0 to 1. */
const knots = 24;
/** Points that a knot needs, so that it is not drawn by a few. */
const enough = 20;

/**
 * f is told from m by any curve: MR of another sequence, where what was dark may be bright. The similarity is the
 * correlation ratio's root (Roche A et al., MICCAI 1998, LNCS 1496:1115-1124), its bins with soft borders.
 */
export function curveFit(): RelationFit {
  const weight = new Float64Array(knots);
  const sum = new Float64Array(knots);
  let [count, f1, ff] = [0, 0, 0];
  const placeOf = (m: number): [number, number] => {
    const x = Math.min(1, Math.max(0, m)) * (knots - 1);
    const k = Math.min(knots - 2, Math.floor(x));
    return [k, x - k];
  };
  return {
    add(f, m) {
      const [k, u] = placeOf(m);
      weight[k]! += 1 - u;
      weight[k + 1]! += u;
      sum[k]! += (1 - u) * f;
      sum[k + 1]! += u * f;
      count++;
      f1 += f;
      ff += f * f;
    },
    end() {
      const n = Math.max(1, count);
      const mean = f1 / n;
      const varF = ff / n - mean ** 2;
      const height = filled(Array.from(sum, (s, k) => (weight[k]! >= enough ? s / weight[k]! : NaN)));
      const told = height.reduce((all, h, k) => all + weight[k]! * (h - mean) ** 2, 0) / n;
      const varied = varF > least && told > least;
      return {
        varied,
        similarity: varied ? Math.sqrt(Math.min(1, told / varF)) : 0,
        expected(m) {
          const [k, u] = placeOf(m);
          return height[k]! + u * (height[k + 1]! - height[k]!);
        },
        slope(m) {
          const [k] = placeOf(m);
          return (height[k + 1]! - height[k]!) * (knots - 1);
        },
      };
    },
  };
}

/** What is not known is as the nearest that is. */
function filled(heights: readonly number[]): number[] {
  const known = heights.flatMap((h, k) => (Number.isNaN(h) ? [] : [k]));
  if (known.length === 0) return heights.map(() => 0);
  return heights.map((h, k) =>
    Number.isNaN(h) ? heights[known.reduce((a, b) => (Math.abs(b - k) < Math.abs(a - k) ? b : a))]! : h,
  );
}
