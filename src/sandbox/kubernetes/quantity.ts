const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
}

/** A number as Kubernetes writes it (`1500m`, `16Gi`, `2e3`); what is not there, or not a number, is none at all. */
export function quantity(text: string | undefined): number {
  const [, digits, suffix] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text ?? '') ?? []
  const factor = FACTORS[suffix ?? '']
  return digits === undefined || factor === undefined ? 0 : Number(digits) * factor
}
