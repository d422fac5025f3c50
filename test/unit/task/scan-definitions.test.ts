import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { definitionsIn, unitsIn } from '../../fixtures/outlines.ts'

describe('definitions', () => {
  it('are classes and functions in Python, decorated, async and nested ones too', () => {
    const text = [
      'class A(Base):',
      '    @property',
      '    def name(self) -> str:',
      '        def inner(): return 1',
      '    async def wait(self): ...',
      'class B:',
      'def generic[T](x: T): ...',
    ]
    assert.deepEqual(definitionsIn('a.py', text.join('\n')), ['A', 'name', 'inner', 'wait', 'B', 'generic'])
  })

  it('are not the words "def" and "class" in a Python sentence', () => {
    assert.deepEqual(definitionsIn('a.py', '# x\nclass of things\ndef nothing to call\n'), [])
  })

  it('are found in Cython', () => {
    const text = [
      'cdef class Tree:',
      '    cpdef split(self):',
      '        cdef int count = length(self)',
      '    cdef inline double* grow(self, int by) nogil:',
      '        pass',
    ]
    assert.deepEqual(definitionsIn('a.pyx', text.join('\n')), ['Tree', 'split', 'grow'])
  })

  it('are functions, arrow functions, classes and methods in JavaScript', () => {
    const text = [
      'export default async function load(url) {',
      '}',
      'const save = async (a) => {',
      'class Store extends Base {',
      '  constructor(x) {',
      '  async fetch(id) {',
      '  static of() {',
      'Store.prototype.close = function () {',
      'module.exports = {',
      '  remove: function (x) {',
      '(function () {',
    ]
    const names = ['load', 'save', 'Store', 'constructor', 'fetch', 'of', 'close', 'remove']
    assert.deepEqual(definitionsIn('a.js', text.join('\n')), names)
  })

  it('are interfaces, types, enums and functions with parameters on several lines in TypeScript', () => {
    const text = [
      'export interface Shape {',
      'export type Name = string',
      'declare enum Colour {',
      'export function paint(',
      '  shape: Shape,',
      '): void {',
      'abstract class Painter {',
      '  draw(',
      '    at: Point,',
      '  ): boolean {',
      '    return true',
    ]
    const names = ['Shape', 'Name', 'Colour', 'paint', 'Painter', 'draw']
    assert.deepEqual(definitionsIn('a.ts', text.join('\n')), names)
  })

  it('are classes, records, interfaces and methods in Java, with the brace on either line', () => {
    const text = [
      'public final class Point {',
      '  @Override public String toString() {',
      '  private static <T> List<T> copy(List<T> from)',
      '  {',
      '    for (int i = 0; i < 1; i++)',
      '    {',
      '    if (x) {',
      '    } else if (y) {',
      '  protected int longOne(int a,',
      '      int b) {',
      'public record Pair(int a, int b) {}',
      'interface Shape {',
    ]
    const names = ['Point', 'toString', 'copy', 'longOne', 'Pair', 'Shape']
    assert.deepEqual(definitionsIn('A.java', text.join('\n')), names)
  })

  it('are functions, methods and types in Go', () => {
    const text = [
      'func main() {',
      'func (s *Server) Close() error {',
      'type Server struct {',
      'func Map[T any](x []T) []T {',
    ]
    assert.deepEqual(definitionsIn('a.go', text.join('\n')), ['main', 'Close', 'Server', 'Map'])
  })

  it('are functions, types, traits and implementations in Rust, whoever may see them', () => {
    const text = [
      'pub(crate) fn open(path: &str) -> Result<File> {',
      'pub struct File {',
      'pub enum Mode {',
      "impl<'a> Reader<'a> {",
      '    pub async unsafe fn poll(&self) {',
      'trait Seek {',
      'mod tests {',
    ]
    const names = ['open', 'File', 'Mode', 'Reader', 'poll', 'Seek', 'tests']
    assert.deepEqual(definitionsIn('a.rs', text.join('\n')), names)
  })

  it('are functions and structures in C, with the brace on either line and after several lines', () => {
    const text = [
      'static int first(int a) {',
      'int second(char *b)',
      '{',
      '  return first(1);',
      '}',
      'static PyObject *',
      'third(PyObject *self,',
      '      PyObject *args)',
      '{',
      '  while (x)',
      '  {',
      'struct node {',
      'typedef struct leaf {',
    ]
    assert.deepEqual(definitionsIn('a.c', text.join('\n')), ['first', 'second', 'third', 'node', 'leaf'])
  })

  it('are methods of objects and classes, and nested names, in Ruby', () => {
    const text = ['module Outer', 'class Outer::Name < Base', 'def self.build(x)', 'def each', 'end']
    assert.deepEqual(definitionsIn('a.rb', text.join('\n')), ['Outer', 'Name', 'build', 'each'])
  })

  it('are found in Kotlin, PHP, C#, Swift, Lua and Elixir', () => {
    assert.deepEqual(definitionsIn('a.kt', 'data class A(val x: Int)\nfun go() {\n'), ['A', 'go'])
    assert.deepEqual(definitionsIn('a.php', '  public function go()\n  {\n    return;\n'), ['go'])
    assert.deepEqual(definitionsIn('a.cs', 'namespace N\n{\n  public void Go()\n  {\n    return;\n'), [
      'N',
      'Go',
    ])
    assert.deepEqual(definitionsIn('a.swift', 'protocol P {\n  func go() {\n'), ['P', 'go'])
    assert.deepEqual(definitionsIn('a.lua', 'local function go()\nfunction M.stop()\n'), ['go', 'stop'])
    assert.deepEqual(definitionsIn('a.ex', 'defmodule A.B do\n  defp go(x) do\n'), ['B', 'go'])
  })

  it('reach from their first line to before the next definition', () => {
    const text = 'import os\n\ndef a(x):\n    if x and x:\n        pass\n\ndef b():\n    pass\n'
    assert.deepEqual(unitsIn('a.py', text), [
      { name: '', line: 1, lines: 2, tokens: 3, branches: 0 }, // the word "def" too
      { name: 'a', line: 3, lines: 4, tokens: 8, branches: 2 },
      { name: 'b', line: 7, lines: 2, tokens: 2, branches: 0 },
    ])
  })

  it('do not depend on the file scanned before', () => {
    const text = '(a) {\n  b()\n}\n'
    assert.deepEqual(definitionsIn('a.js', text), [])
  })
})
