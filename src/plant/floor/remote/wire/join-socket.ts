import type { Socket } from 'node:net';
import { drained } from '../../spawn/drained.ts';
import type { Channel } from './channel.ts';

/** Carries what a socket says over a channel, and back, until both have ended or either broke. Never throws. */
export async function joinSocket(socket: Socket, channel: Channel): Promise<void> {
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    channel.stop();
    channel.end();
  });
  await Promise.allSettled([toSocket(channel, socket), fromSocket(socket, channel)]);
  socket.destroy();
}

async function toSocket({ output }: Channel, socket: Socket): Promise<void> {
  try {
    for await (const chunk of output) {
      if (!socket.write(chunk)) await drained(socket);
    }
    socket.end();
  } catch {
    // The wire broke: whoever is at the socket sees that it did.
    socket.destroy();
  }
}

async function fromSocket(socket: Socket, channel: Channel): Promise<void> {
  try {
    // The end of what it says is not the end of what it hears.
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) await channel.write(chunk as Buffer);
    channel.end();
  } catch {
    socket.destroy();
  }
}
