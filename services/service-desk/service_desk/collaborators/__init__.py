"""With whom contacts shares people and companies: they may name them on tickets, too."""
