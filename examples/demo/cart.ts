import { HttpError } from 'coatcheck/app'
import { type DemoApp, wantsPage } from './demo-session.ts'
import { type Html, html } from './html.ts'
import { page } from './layout.ts'

const ITEMS = [
  { id: 'hat', name: 'Felt hat', price: 48 },
  { id: 'scarf', name: 'Wool scarf', price: 35 },
  { id: 'gloves', name: 'Leather gloves', price: 62 },
  { id: 'umbrella', name: 'Umbrella', price: 29 },
] as const

/** Adds a shop with a cart. Its changes are atomic: two clicks at once, in two tabs, are two items. */
export function addCart(app: DemoApp): void {
  app.get('/cart', (req, res) => {
    const cart = req.session.cart ?? []
    if (!wantsPage(req)) return res.json({ cart })
    return res.html(page('Cart', req.session, cartPage(cart)))
  })

  app.post('/cart/add', async (req, res) => {
    const { itemId } = await req.body
    if (!ITEMS.some((item) => item.id === itemId)) throw new HttpError(400, 'There is no such item.')
    await req.session.update((session) => {
      session.cart = [...(session.cart ?? []), itemId]
    })
    return wantsPage(req) ? res.redirect(303, '/cart') : res.json({ cartSize: req.session.cart?.length ?? 0 })
  })

  app.post('/cart/remove', async (req, res) => {
    const { itemId } = await req.body
    await req.session.update((session) => {
      const cart = session.cart ?? []
      const at = cart.indexOf(itemId)
      session.cart = at === -1 ? cart : cart.toSpliced(at, 1)
    })
    return wantsPage(req) ? res.redirect(303, '/cart') : res.json({ cartSize: req.session.cart?.length ?? 0 })
  })
}

function cartPage(cart: readonly string[]): Html {
  const lines = ITEMS.map((item) => ({ ...item, count: cart.filter((id) => id === item.id).length }))
  const total = lines.reduce((sum, { count, price }) => sum + count * price, 0)
  return html`<h1>Cart</h1>
<ul class="cards">${lines.map(
    ({ id, name, price }) => html`<li><div><h2>${name}</h2><p>${price} €</p>
<form method="post" action="/cart/add"><input type="hidden" name="itemId" value="${id}"><button class="small" aria-label="Add ${name} to the cart">Add to cart</button></form></div></li>`,
  )}</ul>
<section>
<h2>In your cart: ${cart.length}</h2>
${cart.length === 0 ? html`<p>Nothing yet.</p>` : cartTable(lines, total)}
</section>`
}

function cartTable(
  lines: readonly { id: string; name: string; price: number; count: number }[],
  total: number,
): Html {
  const rows = lines
    .filter(({ count }) => count > 0)
    .map(
      ({
        id,
        name,
        price,
        count,
      }) => html`<tr><td>${name}</td><td>${count}</td><td>${count * price} €</td><td>
<form method="post" action="/cart/remove"><input type="hidden" name="itemId" value="${id}"><button class="small quiet" aria-label="Take one ${name} out">Take one out</button></form></td></tr>`,
    )
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Item</th><th scope="col">Count</th><th scope="col">Price</th><th scope="col"><span class="hidden">Action</span></th></tr></thead>
<tbody>${rows}</tbody>
<tfoot><tr><th scope="row" colspan="2">Total</th><td colspan="2">${total} €</td></tr></tfoot>
</table></div>`
}
