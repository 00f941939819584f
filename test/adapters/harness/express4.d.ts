declare module 'express4' {
  // Of what the tests use, version 4 differs in behaviour, not in types.
  import express from 'express'

  export default express
}
