// Station "hoststate": `ethtool -i`: which driver and firmware a device has. The output does not name the device.

import type { DriverState, Fact, HostStateError } from './host-state.ts';
import { factAt, isNotSupported, isToolError, problemAt, type TextLines } from './lines.ts';

export interface ParsedDriver {
  readonly driver?: DriverState;
  readonly problems: readonly HostStateError[];
}

const FIELD = /^\s*(driver|version|firmware-version|expansion-rom-version|bus-info|supports-[\w-]+):(.*)$/;

/** Reads `ethtool -i` of one device. Empty fields (`firmware-version: `) are not facts. */
export function parseEthtoolDriver(text: TextLines): ParsedDriver {
  const fields = new Map<string, Fact<string>>();
  const problems: HostStateError[] = [];
  for (const [index, line] of text.lines.entries()) {
    if (line.trim() === '' || isNotSupported(line)) continue;
    const match = FIELD.exec(line);
    if (match === null) {
      if (isToolError(line)) problems.push(problemAt(text, index, 'command-failed', 'driver information of a device'));
      else problems.push(problemAt(text, index, 'not-understood', 'a field of ethtool -i, as "driver: ixgbe"'));
      continue;
    }
    const [, name = '', value = ''] = match;
    if (value.trim() !== '' && value.trim() !== 'N/A' && !fields.has(name))
      fields.set(name, factAt(text, index, value.trim()));
  }
  const driver = fields.get('driver');
  if (driver === undefined) {
    if (problems.length === 0 && !text.lines.some(isNotSupported))
      problems.push(problemAt(text, 0, 'cut-short', 'a line "driver: NAME"'));
    return { problems };
  }
  return { driver: withFields(driver, fields), problems };
}

function withFields(driver: Fact<string>, fields: ReadonlyMap<string, Fact<string>>): DriverState {
  const version = fields.get('version');
  const firmware = fields.get('firmware-version');
  const busInfo = fields.get('bus-info');
  return {
    driver,
    ...(version === undefined ? {} : { version }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(busInfo === undefined ? {} : { busInfo }),
  };
}
