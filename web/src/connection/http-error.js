// @ts-check

/** An answer of the server that is not a success. */
export class Refusal extends Error {
  /**
   * @param {number} status - HTTP status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }

  /**
   * Take error and remedy from the server's JSON, or the bare status where there is none.
   *
   * @param {Response} answer
   */
  static async read(answer) {
    let message = `The server answered ${answer.status} ${answer.statusText}`.trim();
    try {
      const { error, remedy } = await answer.json();
      message = [error, remedy].filter(Boolean).join('. ') || message;
    } catch {
      // A proxy's error page is no JSON; the status says enough.
    }
    return new Refusal(answer.status, message);
  }
}
