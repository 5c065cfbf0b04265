// A transform of one's own, as workers import it: adds a number to every byte, throws at images that begin with one value, and ends its
// thread at those that begin with another. It stands on nothing, so that no loader is needed.
export default function make(by, throwAt = -1, dieAt = -1) {
  const transform = {
    name: 'Brighter', options: { by },
    outputSize: (size) => size,
    draw: (key) => key[0] % 2,
    apply(scene, drawn) {
      const { data } = scene.image;
      if (data[0] === throwAt) throw new Error(`too bright: ${data[0]}`);
      if (data[0] === dieAt) process.exit(3);
      return { ...scene, image: { ...scene.image, data: data.map((v) => Math.min(255, v + by * (1 + drawn))) } };
    },
    toJSON: () => ({ name: 'Brighter', by }),
    toString: () => `Brighter(by=${by})`,
  };
  return { transform };
}
