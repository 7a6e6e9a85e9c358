import type { Box3 } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';

/**
 * Parts of a mask that hang together through faces.
 *
 * Shape shorthand: [Z, Y, X] flat, x fastest; dims x, y, z
 */
export interface Components {
  /** 0: not set; n: component n - 1. */
  readonly labels: Int32Array;
  readonly sizes: readonly number[];
  /** Voxels, half-open. */
  readonly boxes: readonly Box3[];
}

export function labelComponents(set: Uint8Array, dims: Vec3): Components {
  const [nx, ny, nz] = dims;
  const plane = nx * ny;
  const labels = new Int32Array(set.length);
  const sizes: number[] = [];
  const boxes: Box3[] = [];
  const stack: number[] = [];
  for (let first = 0; first < set.length; first++) {
    if (!set[first] || labels[first]) continue;
    const label = sizes.length + 1;
    const low = [nx, ny, nz];
    const high = [0, 0, 0];
    let size = 0;
    labels[first] = label;
    stack.push(first);
    while (stack.length > 0) {
      const at = stack.pop()!;
      size++;
      const z = Math.floor(at / plane);
      const y = Math.floor((at - z * plane) / nx);
      const x = at - z * plane - y * nx;
      if (x < low[0]!) low[0] = x;
      if (y < low[1]!) low[1] = y;
      if (z < low[2]!) low[2] = z;
      if (x >= high[0]!) high[0] = x + 1;
      if (y >= high[1]!) high[1] = y + 1;
      if (z >= high[2]!) high[2] = z + 1;
      const visit = (next: number): void => {
        if (!set[next] || labels[next]) return;
        labels[next] = label;
        stack.push(next);
      };
      if (x > 0) visit(at - 1);
      if (x < nx - 1) visit(at + 1);
      if (y > 0) visit(at - nx);
      if (y < ny - 1) visit(at + nx);
      if (z > 0) visit(at - plane);
      if (z < nz - 1) visit(at + plane);
    }
    sizes.push(size);
    boxes.push([...low, ...high] as unknown as Box3);
  }
  return { labels, sizes, boxes };
}
