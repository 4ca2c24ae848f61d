// One TCP transfer inside the namespace(s) that record.sh made. server: node traffic.mjs server PORT MODE; client: node traffic.mjs client IP PORT MODE SECONDS.
// Server modes: drain (reads everything), slow (2 MB/s), stall (reads nothing). Client modes: bulk, small (one small write each 5 ms).
import { connect, createServer } from 'node:net';

const [role, ...rest] = process.argv.slice(2);

if (role === 'server') {
  const [port, mode] = rest;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (mode === 'stall') return void socket.pause();
    if (mode === 'drain') return void socket.resume();
    socket.on('data', (chunk) => {
      socket.pause();
      setTimeout(() => socket.resume(), chunk.length / 2000);
    });
  });
  server.listen(Number(port), '::', () => process.stdout.write('ready\n'));
} else {
  const [ip, port, mode, seconds] = rest;
  const socket = connect({ host: ip, port: Number(port), noDelay: mode === 'small' });
  const block = Buffer.alloc(mode === 'small' ? 300 : 262144, 7);
  const end = Date.now() + Number(seconds) * 1000;
  const push = () => {
    if (Date.now() > end) return void socket.destroy();
    if (mode === 'small') {
      socket.write(block);
      setTimeout(push, 5);
      return;
    }
    while (socket.write(block) && Date.now() < end);
    if (Date.now() > end) socket.destroy();
  };
  socket.on('drain', () => mode !== 'small' && push());
  socket.on('connect', push);
  socket.on('error', () => {});
  setTimeout(() => socket.destroy(), Number(seconds) * 1000 + 200);
}
