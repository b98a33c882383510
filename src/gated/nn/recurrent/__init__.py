"""What all recurrent layers share: inputs, checks, options, gates, single steps, truncation."""
