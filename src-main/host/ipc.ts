import { endpoints, events } from '../contract/endpoints';
import type { EndpointHandlers, EndpointName, EventName, EventPayload } from '../contract/endpoints';
import type { Reply } from '../contract/bridge';
import { AppError } from '../core/app-error';
import { appOrigin } from './protocol';
import { stackFrames } from './stack-frames';

/** Who sent a message, reduced to what decides whether it is heard. */
export interface Sender {
  /** URL of the frame that sent it; empty when the frame is gone. */
  readonly url: string;
  readonly isMainFrame: boolean;
  /** Id of one of our own windows' contents. */
  readonly isOwnWindow: boolean;
}

export interface DispatcherOptions {
  handlers: EndpointHandlers;
  log: (what: string, detail: Record<string, unknown>) => void;
}

const isEndpoint = (name: unknown): name is EndpointName =>
  typeof name === 'string' && Object.prototype.hasOwnProperty.call(endpoints, name);

const refused = (message: string, field?: string): Reply => ({
  ok: false,
  error: {
    code: 'request.invalid',
    message,
    hint: 'Try again; if it happens again, report it with the log.',
    ...(field && { details: { field } }),
  },
});

/**
 * The one way from the window into main: sender, name and input are checked before a handler runs, its output
 * after. Never rejects: each outcome is a {@link Reply}.
 */
export function createDispatcher({ handlers, log }: DispatcherOptions) {
  return async (sender: Sender, args: readonly unknown[]): Promise<Reply> => {
    if (!sender.isOwnWindow || !sender.isMainFrame || !sender.url.startsWith(`${appOrigin}/`)) {
      log('invoke refused: sender', {});
      return refused('The request came from a page that is not part of Regio.');
    }
    const [name, input] = args;
    if (!isEndpoint(name) || args.length > 2) {
      log('invoke refused: name', {});
      return refused('There is no such request.');
    }
    try {
      const parsed = endpoints[name].input.safeParse(input);
      if (!parsed.success) {
        const field = parsed.error.issues[0]?.path.join('.') ?? '';
        log('invoke refused: input', { name, field });
        return refused(`The request ${name} is not well formed.`, field);
      }
      const handler = handlers[name] as (input: unknown) => unknown;
      const output = endpoints[name].output.safeParse(await handler(parsed.data));
      if (output.success) return { ok: true, value: output.data };
      const field = output.error.issues[0]?.path.join('.') ?? '';
      log('answer refused', { name, field });
      throw new AppError('internal', `The answer to ${name} is not well formed.`, 'Report it with the log.', {
        field,
      });
    } catch (thrown) {
      const error = AppError.from(thrown);
      // An unknown error's message may quote a file: the log gets where it was thrown, the person what it says.
      log('invoke failed', {
        name,
        code: error.code,
        ...(error.code === 'internal' && { at: stackFrames(thrown) }),
      });
      return { ok: false, error: error.toShape() };
    }
  };
}

/** Parses an event like any other crossing; a payload that does not fit is dropped and logged. */
export function parseEvent<N extends EventName>(
  name: N,
  payload: EventPayload<N>,
  log: DispatcherOptions['log'],
): unknown {
  const parsed = events[name].safeParse(payload);
  if (parsed.success) return parsed.data;
  log('event dropped', { name, field: parsed.error.issues[0]?.path.join('.') ?? '' });
  return null;
}
