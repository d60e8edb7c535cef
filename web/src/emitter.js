// @ts-check
// How modules tell each other what has happened. Events go up to whoever listens, properties and calls go down: a module
// that emits knows nothing of its listeners.

/**
 * An object with events. A class names its events and what each of them tells, `void` where there is nothing to tell:
 * `@extends {Emitter<{closed: void, moved: Size}>}`.
 *
 * @template {object} Events
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /**
   * Call a listener at each event of a type, from now on.
   *
   * @template {keyof Events} T
   * @param {T} type
   * @param {(detail: Events[T]) => void} listener
   * @returns {() => void} which ends it
   */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /**
   * Call all listeners of an event, the oldest first.
   *
   * @protected
   * @template {keyof Events} T
   * @param {T} type
   * @param {Events[T] extends void ? [] : [detail: Events[T]]} detail
   */
  emit(type, ...[detail]) {
    for (const listener of this.#listeners.get(type) ?? []) listener(detail);
  }
}
