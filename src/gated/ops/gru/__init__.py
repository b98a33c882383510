"""The gated recurrent unit, with the reset gate after or before the recurrent product."""
