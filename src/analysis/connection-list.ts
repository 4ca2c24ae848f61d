// Station "analysis": the connections of a capture. Most lie in the memory of the packet loop and nowhere else; an object is made of one
// when something rare happens to it, and kept only as long as it remembers what the loop's memory has no place for.

import type { Engine } from '../engine/engine.ts';
import * as C from '../engine/layout/connection.ts';
import { ConnectionState } from './connection-state.ts';

/** Connections in the order of their first packets, by their number from 0. */
export class ConnectionList {
  private readonly engine: Engine;
  private readonly addresses: number[] = [];
  private readonly rare = new Map<number, ConnectionState>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get count(): number {
    return this.addresses.length;
  }

  /** Adds a record (connection-state.ts startConnection makes it). */
  add(at: number): void {
    this.addresses.push(at);
  }

  get(number: number): ConnectionState {
    return this.rare.get(number) ?? new ConnectionState(this.engine, this.addresses[number]!);
  }

  /** Lets something happen to a connection, and keeps what that needs kept. Gives what `change` gives. */
  change<Result>(number: number, change: (connection: ConnectionState) => Result): Result {
    const known = this.rare.get(number);
    if (known !== undefined) return change(known);
    const connection = new ConnectionState(this.engine, this.addresses[number]!);
    const result = change(connection);
    if (connection.isRare) this.rare.set(number, connection);
    return result;
  }

  /** Its state is not needed any more. */
  forget(number: number): void {
    this.rare.delete(number);
  }

  /** Those that remember something rare, in order. */
  kept(): ConnectionState[] {
    return [...this.rare.values()].sort((a, b) => a.number - b.number);
  }

  /** First row of each connection. */
  firstRows(): Float64Array {
    return Float64Array.from(this.addresses, (at) => this.engine.words[(at + C.firstRow) >>> 2]!);
  }
}
