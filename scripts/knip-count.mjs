/**
 * A reporter for knip that says how much it looked at, so that a blind run cannot pass.
 *
 * @param {import('knip').ReporterOptions} options
 */
export default function knipCount({ counters }) {
  console.log(`knip looked at ${counters.processed} files`);
}
