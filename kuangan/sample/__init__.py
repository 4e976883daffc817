"""Proof by sample (抽查核实): what units report as done is drawn by a share each month and looked at by those above them."""
