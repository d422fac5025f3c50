def settle(balances):
    """Payments (from, to, cents) after which all are even; who has paid too much has a balance above 0."""
    if sum(balances.values()) != 0:
        raise ValueError("the balances do not add up to 0")
    owed = sorted((name for name in balances if balances[name] > 0), key=lambda name: -balances[name])
    owing = sorted((name for name in balances if balances[name] < 0), key=lambda name: balances[name])
    left = dict(balances)
    payments = []
    while owed and owing:
        payer, payee = owing[0], owed[0]
        cents = min(-left[payer], left[payee])
        payments.append((payer, payee, cents))
        left[payer] += cents
        left[payee] -= cents
        if left[payer] == 0:
            owing.pop(0)
        if left[payee] == 0:
            owed.pop(0)
    return payments
