"""Charts: what each shows, said once for everything that draws them; and the figures behind them."""
