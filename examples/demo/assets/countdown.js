// Counts the times on a page down; the server decides when a session has ended, this only shows it.
for (const element of document.querySelectorAll('[data-left]')) {
  const end = performance.now() + Number(element.dataset.left)
  const timer = setInterval(() => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000))
    element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    if (seconds > 0) return
    clearInterval(timer)
    // A little later than the end, so that the server agrees that it is over.
    if (element.dataset.then === 'reload') setTimeout(() => location.reload(), 1500)
  }, 250)
}
