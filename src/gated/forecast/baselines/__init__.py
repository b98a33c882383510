"""Simple and statistical methods that the network is compared and combined with."""
