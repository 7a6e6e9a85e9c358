import { performance } from 'node:perf_hooks';

export function seconds(ms) {
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

/**
 * Tells a person what goes on: one line a finished step with its time, and a line now and then while a step is long.
 * `name` opens each line; `stream` takes them.
 */
export function createProgress({
  name = 'setup',
  stream = process.stdout,
  firstBeat = 2000,
  beat = 10_000,
} = {}) {
  let spoke = false;
  const say = (text) => {
    spoke = true;
    stream.write(`${name}: ${text}\n`);
  };

  /** Runs `work(note)`; `note(text or () => text)` sets what the heartbeat adds to the title. */
  async function step(title, work) {
    const began = performance.now();
    let detail = () => '';
    const note = (text) => {
      detail = typeof text === 'function' ? text : () => text;
    };
    const tell = () => {
      const extra = detail();
      say(`${title} ... ${extra ? `${extra}, ` : ''}${seconds(performance.now() - began)}`);
    };
    let timer = setTimeout(function again() {
      tell();
      timer = setTimeout(again, beat);
    }, firstBeat);
    try {
      const result = await work(note);
      say(`${title}: done in ${seconds(performance.now() - began)}`);
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  return { say, step, spoke: () => spoke };
}
