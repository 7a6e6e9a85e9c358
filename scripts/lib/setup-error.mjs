/** A failure the person can act on: printed as message and hint, without a stack. */
export class SetupError extends Error {
  constructor(message, hint = '') {
    super(message);
    this.name = 'SetupError';
    this.hint = hint;
  }
}
