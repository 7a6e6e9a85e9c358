import { AppError } from '../core/app-error';
import {
  engineMethods,
  type EngineCallOptions,
  type EngineInput,
  type EngineMethod,
  type EngineOutput,
} from '../contract/engine-protocol';

/** What the engine does, one function a method. `services/engine-tasks.ts` has the real ones. */
export type EngineTasks = {
  [M in EngineMethod]: (input: EngineInput<M>, options: EngineCallOptions) => Promise<unknown>;
} & { dispose(): Promise<void> };

const isMethod = (name: string): name is EngineMethod =>
  Object.prototype.hasOwnProperty.call(engineMethods, name);

/** Runs one method, parsed on the way in and out. @throws AppError, whatever the task threw. */
export async function perform<M extends EngineMethod>(
  tasks: EngineTasks,
  method: M | string,
  input: unknown,
  options: EngineCallOptions,
): Promise<EngineOutput<M>> {
  try {
    if (!isMethod(method)) throw invalid(`There is no engine method "${method}".`);
    const parsed = engineMethods[method].input.safeParse(input);
    if (!parsed.success)
      throw invalid(`The input of ${method} is not well formed.`, field(parsed.error.issues));
    if (options.signal?.aborted) throw cancelled();
    const run = tasks[method] as (input: unknown, options: EngineCallOptions) => Promise<unknown>;
    const output = engineMethods[method].output.safeParse(await run(parsed.data, options));
    if (options.signal?.aborted) throw cancelled();
    if (!output.success) {
      throw new AppError(
        'internal',
        `The engine's answer to ${method} is not well formed (${field(output.error.issues)}).`,
        'Report it with the log.',
      );
    }
    return output.data as EngineOutput<M>;
  } catch (error) {
    throw AppError.from(error);
  }
}

const field = (issues: readonly { path: PropertyKey[] }[]): string =>
  issues[0]?.path.map(String).join('.') ?? '';

const invalid = (message: string, where?: string): AppError =>
  new AppError('request.invalid', message, 'Report it with the log.', where ? { field: where } : undefined);

export const cancelled = (): AppError =>
  new AppError('job.cancelled', 'It was cancelled.', 'Start it again if you want it.');
