import * as os from 'node:os';

/**
 * Processors that this process may use: fewer than the machine has where it is pinned to some (taskset, a container's
 * cpuset). Threads beyond them only wait for one another. Node before 18.14 knows the machine's alone.
 */
export function processorCount(): number {
  const { availableParallelism } = os as { availableParallelism?: () => number };
  return availableParallelism ? availableParallelism() : os.cpus().length;
}
