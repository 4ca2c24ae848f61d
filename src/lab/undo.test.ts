import { describe, expect, it } from 'vitest';
import { LabError } from './lab-error.ts';
import { UndoStack, withUndo } from './undo.ts';

describe('the undo stack', () => {
  it('takes back newest first and goes on after a failure', async () => {
    const order: string[] = [];
    const undo = new UndoStack();
    undo.push('namespace', () => void order.push('namespace'));
    undo.push('device', () => {
      throw new Error('busy');
    });
    undo.push('process', async () => void order.push('process'));
    expect(await undo.unwind()).toEqual(['process', 'device (failed: busy)', 'namespace']);
    expect(order).toEqual(['process', 'namespace']);
    expect(await undo.unwind()).toEqual([]);
  });

  it('tells a LabError what was undone because of it', async () => {
    const failing = withUndo(async (undo) => {
      undo.push('namespace a', () => {});
      throw new LabError('command failed', { command: 'ip link add', exitStatus: 2 });
    });
    await expect(failing).rejects.toMatchObject({ command: 'ip link add', exitStatus: 2, undone: ['namespace a'] });
  });
});
