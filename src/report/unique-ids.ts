import type { Block, Section } from './document.ts'

/** Ids are made of names of others, of which several may come to the same letters: those after the first get a number. */
export function withUniqueIds(sections: readonly Section[]): readonly Section[] {
  const [ofSection, ofTable, ofFigure] = [unique(), unique(), unique()]
  const renamed = (block: Block): Block => {
    const table = { ...block.table, id: ofTable(block.table.id) }
    if (block.kind === 'table') return { kind: 'table', table }
    return { kind: 'figure', table, figure: { ...block.figure, id: ofFigure(block.figure.id) } }
  }
  return sections.map((section) => ({
    ...section,
    id: ofSection(section.id),
    blocks: section.blocks.map(renamed),
  }))
}

/** Gives each id as it is, or with the first number behind it that nobody has. */
function unique(): (id: string) => string {
  const given = new Set<string>()
  return (id) => {
    let free = id
    for (let number = 2; given.has(free); number++) free = `${id}-${number}`
    given.add(free)
    return free
  }
}
