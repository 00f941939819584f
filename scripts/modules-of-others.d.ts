// What samples import and nobody installs for them: the test of Next.js compiles its page with the real ones.

declare module 'next/headers' {
  interface Cookies {
    get(name: string): { name: string; value: string } | undefined
    set(name: string, value: string, attributes?: object): unknown
    delete(name: string): unknown
  }

  export function cookies(): Promise<Cookies>
  export function headers(): Promise<Headers>
}

declare module 'next/navigation' {
  export function redirect(url: string): never
}
