import { createInterface } from 'node:readline';
import { start } from '../../scripts/lib/run.mjs';

/** A peer process that answers one JSON line with one JSON line. It ends when its input does, or with this process. */
export class Child {
  #process;
  #answers;
  #name;

  constructor(name, command, args, env = {}) {
    this.#name = name;
    this.#process = start(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', ...env },
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.#name} ended before it answered (its message is above)`);
    return JSON.parse(value);
  }

  end() {
    this.#process.stdin.end();
  }
}
