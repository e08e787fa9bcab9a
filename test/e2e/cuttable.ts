import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Something between the program and a server that can be cut like a cable (connections break, new ones are refused) or stopped like a
 * frozen machine (connections stand, nothing comes through).
 */
export async function createCuttable(target: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((inner) => {
    const outer = connect(target.port, target.host);
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(socket);
      if (frozen) socket.pause();
      socket.on('data', (chunk) => void other.write(chunk));
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const closed = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return {
    port,
    async cut(): Promise<void> {
      const over = closed();
      for (const socket of sockets) socket.destroy();
      await over;
    },
    mend: () => listen(port),
    freeze(): void {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw(): void {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    async close(): Promise<void> {
      if (!server.listening) return;
      const over = closed();
      for (const socket of sockets) socket.destroy();
      await over;
    },
  };
}

export type Cuttable = Awaited<ReturnType<typeof createCuttable>>;

/** A database address that leads through something that can be cut. */
export async function cuttableDatabase(url: string): Promise<Cuttable & { url: string }> {
  const { hostname, port } = new URL(url);
  const cable = await createCuttable({ host: hostname, port: Number(port) });
  return { ...cable, url: Object.assign(new URL(url), { port: String(cable.port) }).href };
}
