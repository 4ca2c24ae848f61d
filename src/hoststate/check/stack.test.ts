import { describe, expect, it } from 'vitest';
import { assembleHost } from '../assemble.ts';
import { devicesAbove, devicesBelow } from './stack.ts';

const links = [
  '1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000',
  '2: eth0: <BROADCAST,SLAVE,UP> mtu 1500 qdisc mq master bond0 state UP mode DEFAULT group default qlen 1000',
  '3: eth1: <BROADCAST,SLAVE,UP> mtu 1500 qdisc mq master bond0 state UP mode DEFAULT group default qlen 1000',
  '4: bond0: <BROADCAST,MASTER,UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000',
  '5: bond0.30@bond0: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000',
  '6: veth1@if9: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000',
];
const host = assembleHost([{ path: 'ip_-s_-d_link', text: `${links.join('\n')}\n` }], { name: 'lab' });

describe('devices that stand on others', () => {
  it('are found all the way down', () => {
    expect(devicesBelow(host, 'bond0.30')).toEqual(['bond0.30', 'bond0', 'eth0', 'eth1']);
    expect(devicesBelow(host, 'eth0')).toEqual(['eth0']);
  });
  it('are found all the way up', () => {
    expect(devicesAbove(host, 'eth1')).toEqual(['eth1', 'bond0', 'bond0.30']);
  });
  it('are not looked for in other namespaces', () => {
    expect(devicesBelow(host, 'veth1')).toEqual(['veth1']);
  });
});
