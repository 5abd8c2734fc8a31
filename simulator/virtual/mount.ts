import type { Disk } from "../../src/world/disk.js";
import type { VirtualDisk } from "../../src/world/virtual/disk.js";

/** Where a path of the simulator's disk leads. */
export interface Place {
  readonly disk: Disk;
  /** The same disk for who has it in hand: what is put there is safe at once. */
  readonly bare: VirtualDisk;
  readonly path: string;
}

/**
 * The simulator's disk, with the devices' disks below their directories. What the simulator writes to a device's disk was
 * there before the device's first boot, so that no power loss can take it.
 */
export function mountedDisk(own: Disk, find: (path: string) => Place | undefined): Disk {
  function at<T>(path: string, act: (disk: Disk, path: string) => Promise<T>): Promise<T> {
    const place = find(path);
    return place ? act(place.disk, place.path) : act(own, path);
  }

  return {
    read: (path) => at(path, (disk, below) => disk.read(below)),
    write: (path, data, options) => {
      const place = find(path);
      if (!place) return own.write(path, data, options);
      place.bare.put(place.path, data, options?.mode);
      return Promise.resolve();
    },
    fsync: (path) => at(path, (disk, below) => disk.fsync(below)),
    fsyncDirectory: (path) => at(path, (disk, below) => disk.fsyncDirectory(below)),
    rename: (from, to) => at(from, (disk, below) => disk.rename(below, find(to)?.path ?? to)),
    // A whole device goes with its world.
    remove: (path) => at(path, async (disk, below) => (below === "/" ? undefined : disk.remove(below))),
    makeDirectory: (path) => (find(path) ? Promise.resolve() : own.makeDirectory(path)),
    list: (path) => at(path, (disk, below) => disk.list(below)),
    stat: (path) => at(path, (disk, below) => disk.stat(below)),
    watch: (path, changed) => {
      const place = find(path);
      return place ? place.disk.watch(place.path, changed) : own.watch(path, changed);
    },
  };
}
