// The public API of the folders that touch the machine: `import { openCapture } from 'wiretruth/node'`.

export { type HostState, HostStateError } from '../hoststate/host-state.ts';
export { type CaptureOpenResult, type CaptureProgress, type OpenCaptureOptions, openCapture } from './open-capture.ts';
export { readHost } from './read-host.ts';
