import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { endpoints, type EndpointHandlers } from '../contract/endpoints';
import { reply } from '../contract/bridge';
import { AppError } from '../core/app-error';
import { createDispatcher, parseEvent, type Sender } from './ipc';

const own: Sender = { url: 'regio-app://app/index.html', isMainFrame: true, isOwnWindow: true };

function dispatcher(overrides: Partial<EndpointHandlers>) {
  const log = vi.fn();
  const unexpected = vi.fn(() => {
    throw new Error('not expected to run');
  });
  const handlers = Object.fromEntries(Object.keys(endpoints).map((name) => [name, unexpected]));
  const dispatch = createDispatcher({ handlers: { ...handlers, ...overrides } as never, log });
  return { dispatch, log, unexpected };
}

describe('the invoke channel', () => {
  it('runs the handler with the parsed input and gives its output', async () => {
    const cancel = vi.fn();
    const { dispatch } = dispatcher({ 'jobs.cancel': cancel });
    expect(await dispatch(own, ['jobs.cancel', { jobId: 'j1', extra: 1 }])).toEqual({
      ok: true,
      value: undefined,
    });
    expect(cancel).toHaveBeenCalledWith({ jobId: 'j1' });
  });

  it.each<[string, Partial<Sender>]>([
    ['another page', { url: 'https://example.org/' }],
    ['a look-alike', { url: 'regio-app://application/index.html' }],
    ['a frame that is gone', { url: '' }],
    ['a sub-frame', { isMainFrame: false }],
    ['another window', { isOwnWindow: false }],
  ])('hears nothing from %s', async (_who, part) => {
    const { dispatch, unexpected, log } = dispatcher({});
    const answer = await dispatch({ ...own, ...part }, ['jobs.list', undefined]);
    expect(answer).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
    expect(unexpected).not.toHaveBeenCalled();
    expect(log).toHaveBeenCalledWith('invoke refused: sender', {});
  });

  it('names the field that does not fit', async () => {
    const { dispatch } = dispatcher({});
    const answer = await dispatch(own, ['series.readSlices', { seriesId: 's', indices: [-1] }]);
    expect(answer).toMatchObject({ ok: false, error: { details: { field: 'indices.0' } } });
  });

  it('turns errors into replies, with the code of an AppError', async () => {
    const { dispatch, log } = dispatcher({
      'studies.open': () => {
        throw new AppError('not-found', 'No such study.', 'Open the worklist.');
      },
      'jobs.list': () => Promise.reject(new Error('reading Doe^Jane failed')),
    });
    expect(await dispatch(own, ['studies.open', { studyId: 'x' }])).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'No such study.', hint: 'Open the worklist.' },
    });
    expect(await dispatch(own, ['jobs.list', undefined])).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
    expect(JSON.stringify(log.mock.calls)).not.toContain('Doe');
  });

  it('does not let an answer out that is not as agreed', async () => {
    const { dispatch } = dispatcher({ 'models.list': () => [{ modelId: 1 }] as never });
    const answer = await dispatch(own, ['models.list', undefined]);
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  it('answers 10,000 random messages with a refusal and never throws', async () => {
    const { dispatch, unexpected } = dispatcher({});
    const names = fc.oneof(
      fc.constantFrom(...Object.keys(endpoints), '__proto__', 'toString', ''),
      fc.anything(),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.anything(), async (name, input) => {
        const before = unexpected.mock.calls.length;
        const answer = await dispatch(own, [name, input]);
        expect(reply.safeParse(answer).success).toBe(true);
        expect(answer.ok).toBe(false);
        if (unexpected.mock.calls.length === before) {
          expect(answer).toMatchObject({ error: { code: 'request.invalid' } });
        } else {
          // What ran was well formed by the endpoint's own schema.
          expect(endpoints[name as keyof typeof endpoints].input.safeParse(input).success).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('drops an event that is not as agreed', () => {
    const log = vi.fn();
    expect(parseEvent('study.changed', { studyId: 's' }, log)).toEqual({ studyId: 's' });
    expect(parseEvent('study.changed', {} as never, log)).toBeNull();
    expect(log).toHaveBeenCalledWith('event dropped', { name: 'study.changed', field: 'studyId' });
  });
});
